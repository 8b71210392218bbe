import Telemetry

/// What holds of every record, whatever line it came from.
enum RecordPromises {
    static func check(_ record: Record, textsWithin room: Range<Int>, _ symbols: SymbolTable) {
        for range in [record.traceText, record.sessionText, record.userText, record.traceURLText] where !range.isEmpty {
            Harness.promise(
                range.lowerBound >= room.lowerBound && range.upperBound <= room.upperBound, "texts lie in their line")
        }
        Harness.promise(record.weight > 0 && record.weight <= Record.maximumWeight, "weights are bounded")
        Harness.promise(
            record.tools.count <= Record.maximumParts && record.spans.count <= Record.maximumParts
                && record.attributes.count <= Record.maximumAttributes, "lists are bounded")
        for text in [record.errorType, record.stopReason].map({ symbols.name(of: $0) }) {
            Harness.promise(
                !text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) },
                "names are safe to print")
        }
    }

    /// What a record says, with names instead of symbols and no places.
    static func summary(_ record: Record, _ symbols: SymbolTable) -> String {
        "\(record.kind) \(record.time) \(record.hasTime) \(record.traceHash) \(record.sessionHash)"
            + " \(record.latency ?? -1) \(record.inputTokens ?? -1) \(record.cost ?? -1) \(record.weight)"
            + " \(record.success.map(String.init) ?? "–") \(record.tools.count) \(record.spans.count)"
            + " \(record.flags.rawValue) \(record.values.present) \(record.statusCode ?? -1) \(record.quality ?? -1)"
            + " \(([record.errorType, record.stopReason] + names(record)).map { symbols.name(of: $0) })"
    }

    private static func names(_ record: Record) -> [Symbol] {
        Dimension.ofRequest.map { record.values[$0] } + record.tools.map(\.name) + record.spans.map(\.operation)
    }
}
