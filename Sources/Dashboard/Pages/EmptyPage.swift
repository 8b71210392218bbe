import Canvas
import Metrics
import Query

/// What is shown before the first record: what is being waited for, and how to give some.
struct EmptyPage {
    var status: InputStatus?

    func draw(in rect: Rect, on screen: inout Screen) {
        let width = rect.width - 3
        func paragraph(_ text: String, _ role: Role) -> [StyledText] {
            DisplayWidth.lines(of: text, within: width).map { StyledText($0, role) }
        }
        var lines: [StyledText] = []
        switch status?.state {
        case .failed(let reason): lines += paragraph(reason, .critical)
        case .blocked(let reason): lines += paragraph(reason, .warning)
        case .waiting(let name):
            lines.append(
                StyledText(DisplayWidth.keepEnd(of: name, to: width, ellipsis: screen.glyphs[.ellipsis]), .text))
            lines += paragraph("does not exist yet; it will be read as soon as it does", .text)
        case .ended: lines += paragraph("the input ended without a record", .text)
        default: lines.append(StyledText("waiting for the first record", .text))
        }
        if let status, status.rejected > 0 {
            let count =
                status.rejected == 1
                ? "1 line was no record" : "\(NumberFormat.grouped(Double(status.rejected))) lines were no records"
            lines.append(StyledText(count + ":", .warning))
            // The header names the source; each reason is told once.
            var told: Set<String> = []
            for rejection in status.rejections.reversed() where told.count < 3 && told.insert(rejection.reason).inserted
            {
                let place = rejection.line > 0 ? "line \(rejection.line): " : ""
                lines += paragraph(place + rejection.reason, .dim)
            }
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
