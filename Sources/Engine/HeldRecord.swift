import Telemetry

/// A record that is kept for later, with the texts that it points into.
struct HeldRecord {
    var record: Record
    var bytes: [UInt8] = []
    /// Its time is not its own already.
    let isClamped: Bool

    init(_ record: Record, bytes: RawSpan, isClamped: Bool) {
        self.record = record
        self.isClamped = isClamped
        for path in [\Record.traceText, \Record.sessionText, \Record.userText, \Record.traceURLText] {
            let range = record[keyPath: path].clamped(to: 0..<bytes.byteCount)
            let start = self.bytes.count
            for i in range {
                // Any bit pattern is a byte, and the offset is checked.
                self.bytes.append(unsafe bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self))
            }
            self.record[keyPath: path] = start..<self.bytes.count
        }
    }
}
