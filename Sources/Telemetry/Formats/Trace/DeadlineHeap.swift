/// Which trace to look at next. Entries are never changed: whoever takes one checks whether it still holds.
struct DeadlineHeap {
    private var entries: [(deadline: Int64, trace: UInt64)] = []

    var first: (Int64, UInt64)? { entries.first.map { ($0.deadline, $0.trace) } }

    var count: Int { entries.count }

    mutating func push(_ deadline: Int64, _ trace: UInt64) {
        entries.append((deadline, trace))
        var place = entries.count - 1
        while place > 0, entries[place] < entries[(place - 1) / 2] {
            entries.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        entries[0] = last
        var place = 0
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < entries.count && entries[child] < entries[least] {
                least = child
            }
            if least == place { return }
            entries.swapAt(place, least)
            place = least
        }
    }
}

/// The newest time that more than one trace supports.
struct EventHighWater {
    private(set) var time: Int64 = 0
    private var newest: (time: Int64, trace: UInt64) = (0, 0)
    private var second: (time: Int64, trace: UInt64) = (0, 0)

    mutating func see(_ time: Int64, of trace: UInt64) {
        if trace == newest.trace {
            newest.time = max(newest.time, time)
        } else if time > newest.time {
            second = newest
            newest = (time, trace)
        } else if time > second.time {
            second = (time, trace)
        }
        self.time = max(self.time, second.time)
    }

    /// Somebody else knows better.
    mutating func advance(to time: Int64) { self.time = max(self.time, time) }
}
