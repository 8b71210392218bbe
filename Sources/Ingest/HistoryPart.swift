/// A fixed part of a file, before the place where following it began: read behind what is newer, whatever becomes of the
/// file's name.
final class HistoryPart {
    private let file: OpenedFile
    private let name: String
    private var hasBegun = false
    /// Where it begins in the file, bytes.
    let start: Int64
    /// Where it ends in the file, bytes.
    var end: Int64 { file.limit }
    private(set) var problem: String?

    init(_ file: OpenedFile, name: String) {
        self.file = file
        self.name = name
        start = file.bookmark.position
    }

    /// How far it was read, in the file.
    var position: Int64 { file.bookmark.position }

    func read(into buffer: inout LineBuffer) -> ReadOutcome {
        if !hasBegun {
            hasBegun = true
            buffer.beginFile(at: start)
        }
        switch file.readOn(into: &buffer) {
        case .bytes(let count): return .bytes(count)
        case .atEnd, .waiting: return .ended
        case .truncated, .damaged:
            problem = "\(name): was cut short while its history was read; the rest of it is lost"
            return .ended
        case .failed(let error):
            return .failed(SourceError(source: name, reason: error.reason()))
        }
    }
}
