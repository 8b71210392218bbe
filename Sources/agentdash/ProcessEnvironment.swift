import Glibc

/// What the program was told by its environment.
enum ProcessEnvironment {
    static var current: [String: String] {
        var result: [String: String] = [:]
        var place = unsafe environ
        while let entry = unsafe place.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            unsafe place += 1
        }
        return result
    }
}
