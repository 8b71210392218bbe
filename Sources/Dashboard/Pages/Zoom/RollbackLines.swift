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
        guard !canary.isOver else { return }
        switch canary.rollbackArguments {
        case .success(let arguments)?:
            let text = RollbackCommand.text(arguments)
            let isOffered = if case .offered = context.rollback { true } else { false }
            sheet.line(
                StyledText(isOffered ? "R runs " : "to roll it back: ", .dim) + StyledText(text, .text, bold: true),
                target: Target(id: "rollback", copies: text))
        case .failure(let mistake)?:
            sheet.line(StyledText("\(context.glyphs[.notice]) it can't be rolled back: \(mistake)", .warning))
        case nil: break
        }
    }
}
