import Glibc

/// What the program was told by its environment.
enum ProcessEnvironment {
    /// Who sits before it, as others are told: on a shared account who became it.
    static var user: String {
        let known = current
        return ["SUDO_USER", "USER", "LOGNAME"].lazy.compactMap { known[$0] }.first { !$0.isEmpty } ?? "uid \(getuid())"
    }

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
