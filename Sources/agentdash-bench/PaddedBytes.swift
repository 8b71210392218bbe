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
        // Not filled before it is read: that would count as work for each record.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size + NativeDecoder.padding) { memory, filled in
            while filled < size {
                // In bounds: filled < size < memory.count.
                let count = unsafe pread(
                    file, memory.baseAddress.map { unsafe $0 + filled }, size - filled, off_t(filled))
                if count <= 0 { return }
                filled += count
            }
            for _ in 0..<NativeDecoder.padding {
                unsafe memory[filled] = UInt8(ascii: "\"")
                filled += 1
            }
        }
        guard bytes.count == size + NativeDecoder.padding else {
            throw BenchmarkFailure("\(path): cannot be read (errno \(errno))")
        }
        padded = bytes
    }

    /// The size of a file in bytes.
    static func size(of path: String) throws(BenchmarkFailure) -> Int {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else {
            throw BenchmarkFailure("\(path): cannot be read (errno \(errno))")
        }
        return Int(information.st_size)
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
