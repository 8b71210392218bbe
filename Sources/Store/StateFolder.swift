import Glibc

/// A folder that only its owner may look into, made when it isn't there.
package struct StateFolder: Sendable, Hashable {
    package let path: String

    /// `$XDG_STATE_HOME/agentdash`, or below `~/.local/state` where that isn't set to an absolute path; nil for a user without a
    /// home.
    package static func usualPath(environment: [String: String]) -> String? {
        if let home = environment["XDG_STATE_HOME"], home.hasPrefix("/") { return home + "/agentdash" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/state/agentdash" }
        return nil
    }

    /// The folder at `path`, made with its parents where it is missing (mode 0700). The mode of one that exists is left alone: it may
    /// be shared by a service and a screen.
    ///
    /// - Throws: when it can't be made, is no folder, or everybody may write into it.
    package init(_ path: String) throws(StoreError) {
        self.path = path
        try Self.make(path)
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { throw .last(path, "can't be looked at") }
        guard information.st_mode & S_IFMT == S_IFDIR else { throw StoreError(path: path, message: "is not a folder") }
        guard information.st_mode & S_IWOTH == 0 else {
            throw StoreError(path: path, message: "everybody may write into it; chmod o-w, or name another folder")
        }
    }

    private static func make(_ path: String) throws(StoreError) {
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .last(path, "can't be made")
        }
        try make(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last(path, "can't be made") }
    }

    /// Lets a folder's group read and write a file in it where it may do so with the folder: a service and people share it then. What
    /// is another user's stays as it is.
    func share(_ descriptor: Int32) {
        var information = stat()
        guard unsafe stat(path, &information) == 0, information.st_mode & S_IWGRP != 0 else { return }
        let group = information.st_gid
        guard unsafe fstat(descriptor, &information) == 0, information.st_uid == geteuid() else { return }
        if information.st_gid != group { _ = fchown(descriptor, .max, group) }
        _ = fchmod(descriptor, 0o660)
    }

    /// The folder of this name in it.
    package func folder(_ name: String) throws(StoreError) -> StateFolder { try StateFolder(path + "/" + name) }

    /// The path of a file in it.
    package subscript(name: String) -> String { path + "/" + name }

    /// The names of what is in it, sorted, without those that begin with a dot.
    ///
    /// - Throws: when it can't be read.
    package func names() throws(StoreError) -> [String] { try allNames().filter { !$0.hasPrefix(".") }.sorted() }

    /// Hidden ones too, `.` and `..` among them, in no order.
    func allNames() throws(StoreError) -> [String] {
        guard let listing = unsafe opendir(path) else { throw .last(path, "can't be read") }
        defer { unsafe closedir(listing) }
        var names: [String] = []
        while let entry = unsafe readdir(listing) {
            names.append(
                unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }

    /// Removes a file of it; one that isn't there is none.
    package func remove(_ name: String) { _ = unsafe unlink(self[name]) }

    /// Whether there is anything of this name in it.
    package func holds(_ name: String) -> Bool { unsafe access(self[name], F_OK) == 0 }
}
