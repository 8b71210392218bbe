import Glibc

/// What can't be kept or read, and why.
package struct StoreError: Error, Hashable, CustomStringConvertible {
    /// The file or folder.
    package let path: String
    /// What is wrong, and what to do about it where that is known.
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// `…/state: can't be written: no space left on device`.
    package var description: String { "\(path): \(message)" }

    /// The failure of the system call that has just failed.
    static func last(_ path: String, _ what: String) -> StoreError {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        return StoreError(path: path, message: "\(what): \(reason)")
    }
}
