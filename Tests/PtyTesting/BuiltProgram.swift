import Glibc

/// Finds programs of this package that were built along with its tests.
package enum BuiltProgram {
    /// The path of an executable target: it lies beside the test bundle, which is the running program or among its arguments.
    package static func path(_ name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let runner = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for start in [runner] + CommandLine.arguments where start.hasPrefix("/") {
            guard let slash = start.lastIndex(of: "/") else { continue }
            let path = "\(start[..<slash])/\(name)"
            if unsafe access(path, X_OK) == 0 { return path }
        }
        throw PtySession.Failure(description: "\(name) is not built beside \(runner)")
    }
}
