import Ingest
import Metrics
import Telemetry

extension BacklogPolicy {
    /// As the options say; nil where files are read from their beginning.
    init?(_ options: EngineOptions) {
        guard let shown = options.newestFirst else { return nil }
        let symbols = SymbolTable()
        self.init(threshold: options.largeFile, shown: shown, kept: Span.day) {
            [format = options.format, map = options.map] bytes, line in
            // Each line for itself: what others left behind would tell their time.
            var decoder = LineDecoder(symbols: symbols, format: format, map: map)
            var record = Record()
            var newest: Int64?
            if case .record = decoder.decode(bytes, line: line, into: &record), record.hasTime { newest = record.time }
            decoder.finish()
            while decoder.next(into: &record) {
                if record.hasTime { newest = max(newest ?? .min, record.time) }
            }
            return newest
        }
    }
}
