import Metrics

/// The newest rejected lines and how many there were.
final class RejectionLog {
    private(set) var count = 0
    private(set) var newest: [InputStatus.Rejected] = []

    func add(line: Int, source: String, reason: String) {
        count += 1
        keep(InputStatus.Rejected(line: line, source: source, reason: reason))
    }

    /// Those of another log come behind.
    func add(_ other: RejectionLog) {
        guard other.count > 0 else { return }
        count += other.count
        for rejected in other.newest { keep(rejected) }
    }

    func empty() {
        guard count > 0 else { return }
        count = 0
        newest.removeAll()
    }

    private func keep(_ rejected: InputStatus.Rejected) {
        newest.append(rejected)
        if newest.count > InputStatus.rejectionLimit { newest.removeFirst() }
    }
}
