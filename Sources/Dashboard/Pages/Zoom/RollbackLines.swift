import Canvas
import Monitoring

/// What to do about a canary that is to be rolled back.
struct RollbackLines {
    private let context: SheetContext
    private let canary: CanaryReport

    init(_ context: SheetContext, _ canary: CanaryReport) {
        self.context = context
        self.canary = canary
    }

    func add(to sheet: inout Sheet) {
        if case .told(let text, let isBad) = context.rollback {
            sheet.line(
                StyledText(
                    "\(context.glyphs[isBad ? .critical : .good]) \(text)", isBad ? .critical : .good, bold: isBad))
            return
        }
        guard let command = canary.settings.rollback, canary.verdict == .rollback, !canary.isOver else { return }
        do {
            let text = RollbackCommand.text(try command.arguments(for: canary))
            let isOffered = if case .offered = context.rollback { true } else { false }
            sheet.line(
                StyledText(isOffered ? "R runs " : "to roll it back: ", .dim) + StyledText(text, .text, bold: true),
                target: Target(id: "rollback", copies: text))
        } catch {
            sheet.line(StyledText("\(context.glyphs[.notice]) it can't be rolled back: \(error.description)", .warning))
        }
    }
}
