import Canvas
import Metrics

/// What is shown before the first record: what is being waited for, and how to give some.
struct EmptyPage {
    var status: InputStatus?

    func draw(in rect: Rect, on screen: inout Screen) {
        var lines: [StyledText] = []
        switch status?.state {
        case .failed(let reason): lines.append(StyledText(reason, .critical))
        case .waiting(let name):
            lines.append(StyledText("\(name) does not exist yet; it will be read as soon as it does", .text))
        case .ended: lines.append(StyledText("the input ended without a record", .text))
        default: lines.append(StyledText("waiting for the first record", .text))
        }
        if let status, status.rejected > 0 {
            lines.append(StyledText("\(status.rejected) lines were no records; the last ones:", .warning))
            lines += status.rejections.suffix(3).map { StyledText("  \($0.source):\($0.line): \($0.reason)", .dim) }
        }
        lines += [
            StyledText(""),
            StyledText("one JSON object a line, for example", .dim),
            StyledText(#"  {"trace_id":"t1","timestamp":"2026-11-21T14:32:07Z","latency_ms":1210,"#, .dim),
            StyledText(#"   "input_tokens":812,"output_tokens":164,"success":true,"model":"gpt-4o"}"#, .dim),
            StyledText("agentdash demo shows what this looks like with data", .dim),
        ]
        for (i, line) in lines.prefix(max(0, rect.height - 1)).enumerated() {
            screen.put(line, x: rect.x + 2, y: rect.y + 1 + i, width: rect.width - 3)
        }
    }
}
