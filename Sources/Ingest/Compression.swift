import Glibc

/// A way in which whole files are compressed, known by their first bytes and undone by a tool of the system.
package enum Compression: String, Equatable, Sendable, CaseIterable {
    case gzip
    case zstd

    /// The compression of a file that begins so; nil for any other, JSON among them.
    init?(beginning bytes: some Sequence<UInt8>) {
        let head = Array(bytes.prefix(Compression.magicLength))
        guard let found = Compression.allCases.first(where: { head.starts(with: $0.magic) }) else { return nil }
        self = found
    }

    /// Bytes that are enough to tell.
    static let magicLength = 4

    /// Whether more bytes could still make it a compressed file.
    static func mayBegin(with bytes: [UInt8]) -> Bool {
        Compression.allCases.contains { $0.magic.starts(with: bytes) }
    }

    private var magic: [UInt8] {
        switch self {
        case .gzip: [0x1F, 0x8B]
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
        }
    }

    /// The tool, which is also the name of its package.
    package var tool: String { rawValue }

    /// What writes the plain content of FILE.
    package var plainCommand: String {
        switch self {
        case .gzip: "gzip -dc FILE"
        case .zstd: "zstd -dc FILE"
        }
    }

    /// An exit status that says no more than that bytes behind the compressed data were passed over (gzip(1)).
    var warningStatus: Int32? { self == .gzip ? 2 : nil }

    /// Where tools are looked for: the system's folders, then the absolute ones of PATH.
    static var toolFolders: [String] {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? ""
        return ["/usr/bin", "/bin", "/usr/local/bin"]
            + path.split(separator: ":").filter { $0.hasPrefix("/") }.map(String.init)
    }

    /// The tool's absolute path; nil if it isn't installed.
    func toolPath(in folders: [String]) -> String? {
        folders.lazy.map { "\($0)/\(tool)" }.first { unsafe access($0, X_OK) == 0 }
    }
}
