import Metrics

extension InputStatus {
    /// Share of a backlog that is read; nil once it is, and where its size is not known.
    var progress: Double? {
        guard state == .catchingUp, let bytesTotal, bytesTotal > 0, bytesRead < bytesTotal else { return nil }
        return Double(bytesRead) / Double(bytesTotal)
    }
}
