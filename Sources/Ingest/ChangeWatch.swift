import Glibc

/// One inotify instance for all followed files: their contents, and the directories in which their names live.
final class ChangeWatch {
    /// Which sources an event concerned.
    enum Change: Equatable {
        case sources(Set<Int>)
        /// The kernel's queue overflowed: anything may have changed.
        case anything
    }

    let descriptor: Int32
    private var files: [Int32: Set<Int>] = [:]
    private var directories: [Int32: [Int: WatchedName]] = [:]

    private static let fileEvents = UInt32(IN_MODIFY)
    private static let directoryEvents =
        UInt32(IN_CREATE) | UInt32(IN_DELETE) | UInt32(IN_MOVED_FROM) | UInt32(IN_MOVED_TO) | UInt32(IN_ONLYDIR)

    /// Nil where the system gives no inotify instance (there is a limit for each user): files are then polled.
    init?() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
    }

    deinit {
        _ = close(descriptor)
    }

    /// Watches the contents of an open file: the file itself, whatever its name leads to by now.
    func watch(file: Int32, for source: Int) -> Int32? {
        let watch = unsafe inotify_add_watch(descriptor, "/proc/self/fd/\(file)", ChangeWatch.fileEvents)
        guard watch >= 0 else { return nil }
        files[watch, default: []].insert(source)
        return watch
    }

    /// Watches a directory for what happens to names in it. Asked again, it watches what bears the directory's name now.
    func watch(directory: String, name: WatchedName, for source: Int) -> Int32? {
        let watch = unsafe inotify_add_watch(descriptor, directory, ChangeWatch.directoryEvents)
        guard watch >= 0 else { return nil }
        directories[watch, default: [:]][source] = name
        return watch
    }

    /// Ends a source's watch; the kernel's with the last source's.
    func end(_ watch: Int32, for source: Int) {
        files[watch]?.remove(source)
        directories[watch]?[source] = nil
        guard files[watch]?.isEmpty ?? true, directories[watch]?.isEmpty ?? true else { return }
        forget(watch)
        _ = inotify_rm_watch(descriptor, watch)
    }

    /// Reads every event that waits.
    func drain() -> Change {
        var concerned: Set<Int> = []
        var hasOverflowed = false
        var events = [UInt8](repeating: 0, count: 16384)
        while true {
            let count = unsafe read(descriptor, &events, events.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            var offset = 0
            while let event = Event(events[0..<count], at: offset) {
                offset += event.length
                hasOverflowed = hasOverflowed || event.mask & UInt32(IN_Q_OVERFLOW) != 0
                concerned.formUnion(sources(of: event))
            }
        }
        return hasOverflowed ? .anything : .sources(concerned)
    }

    private func sources(of event: Event) -> Set<Int> {
        var concerned = files[event.watch] ?? []
        let isGone = event.mask & UInt32(IN_IGNORED) != 0
        for (source, name) in directories[event.watch] ?? [:] where isGone || name.matches(event.name) {
            concerned.insert(source)
        }
        if isGone {
            forget(event.watch)
        }
        return concerned
    }

    private func forget(_ watch: Int32) {
        files[watch] = nil
        directories[watch] = nil
    }
}

/// Names in a directory.
enum WatchedName {
    case exactly([UInt8])
    /// Every name that the pattern matches.
    case matching(String)

    func matches(_ name: [UInt8]) -> Bool {
        switch self {
        case .exactly(let wanted): wanted == name
        case .matching(let pattern): PathPattern.matches(name, component: pattern)
        }
    }
}

/// One `struct inotify_event` with the name that follows it.
private struct Event {
    let watch: Int32
    let mask: UInt32
    let name: [UInt8]
    /// Bytes that the event takes.
    let length: Int

    init?(_ bytes: ArraySlice<UInt8>, at offset: Int) {
        let headerLength = 16
        let start = bytes.startIndex + offset
        guard start + headerLength <= bytes.endIndex else { return nil }
        func word(_ index: Int) -> UInt32 {
            let position = start + index * 4
            let littleEndian = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[position + $1]) << (8 * UInt32($1)) }
            return UInt32(littleEndian: littleEndian)
        }
        watch = Int32(bitPattern: word(0))
        mask = word(1)
        let nameLength = Int(word(3))
        guard start + headerLength + nameLength <= bytes.endIndex else { return nil }
        // The name is padded with NUL bytes.
        name = Array(bytes[start + headerLength..<start + headerLength + nameLength].prefix { $0 != 0 })
        length = headerLength + nameLength
    }
}
