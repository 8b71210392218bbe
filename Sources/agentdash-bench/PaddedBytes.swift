import CPosix
import Glibc
import Telemetry

/// A file's bytes in memory, with the quotes behind them that a decoder runs up against.
struct PaddedBytes: ~Copyable {
    let padded: [UInt8]
    var count: Int { padded.count - NativeDecoder.padding }

    /// No bytes at all.
    init() { padded = [UInt8](repeating: UInt8(ascii: "\""), count: NativeDecoder.padding) }

    init(reading path: String) throws(BenchmarkFailure) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw BenchmarkFailure("\(path): cannot be opened (errno \(errno))") }
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        guard size >= 0 else { throw BenchmarkFailure("\(path): not a file that can be measured") }
        var bytes = [UInt8](repeating: UInt8(ascii: "\""), count: size + NativeDecoder.padding)
        var filled = 0
        while filled < size {
            let count = unsafe bytes.withUnsafeMutableBytes { memory in
                // In bounds: filled < size < memory.count.
                unsafe pread(file, memory.baseAddress.map { unsafe $0 + filled }, size - filled, off_t(filled))
            }
            guard count > 0 else { throw BenchmarkFailure("\(path): cannot be read (errno \(errno))") }
            filled += count
        }
        padded = bytes
    }

    /// Calls `body` with every line's range, without its end.
    @inline(__always)
    borrowing func forEachLine(_ body: (Range<Int>) -> Void) {
        var start = 0
        let end = count
        while start < end {
            let length = unsafe padded.withUnsafeBytes { memory in
                // In bounds: start < end < memory.count.
                unsafe agentdash_first_byte(
                    memory.baseAddress.map { unsafe $0 + start }, end - start, UInt8(ascii: "\n"))
            }
            let stop = length < 0 ? end : start + length
            body(start..<stop)
            start = stop + 1
        }
    }
}
