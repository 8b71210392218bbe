import Metrics
import Monitoring
import Telemetry

/// Something that can be asked for by name: every action, and what takes a choice.
struct Command: Sendable, Hashable {
    enum Deed: Sendable, Hashable {
        case action(Action)
        case window(Window)
        case theme(String)
        case slices(SliceDimension)
        case baseline(DriftBaseline)
        /// The baseline of this name.
        case forget(String)
        case explain(RequestOutcome)
    }

    var name: String
    var help: String
    var deed: Deed

    /// All there are, in the order of the key table.
    static func all(
        _ keys: KeyTable, themes: [String], baselines: SavedBaselines = SavedBaselines()
    ) -> [Command] {
        var commands = Action.allCases.compactMap { action -> Command? in
            // What moves within a page needs its key.
            guard !movements.contains(action) else { return nil }
            let binding = keys.bindings.first { $0.action == action }
            let help = action.panel.map { "zoom the \($0.title) panel" } ?? binding?.help ?? ""
            let key = keys.name(of: action).map { " (\($0))" } ?? ""
            return Command(name: action.rawValue, help: help + key, deed: .action(action))
        }
        commands += Window.allCases.map {
            Command(name: "window \($0.rawValue)", help: "numbers of the last \($0.rawValue)", deed: .window($0))
        }
        commands += SliceDimension.all.map {
            Command(name: "slices \($0.name)", help: "every \($0.label) beside each other", deed: .slices($0))
        }
        let kept = baselines.all.map(\.name)
        commands += ([.usual, .previousVersion] + kept.map { .saved($0) }).map {
            Command(name: "baseline \($0.name)", help: $0.help, deed: .baseline($0))
        }
        commands += kept.map {
            Command(name: "forget-baseline \($0)", help: "keep it no more", deed: .forget($0))
        }
        commands += RequestOutcome.allCases.map {
            Command(name: "explain \($0.rawValue)", help: "what \($0.rawValue) requests share", deed: .explain($0))
        }
        commands += themes.map { Command(name: "theme \($0)", help: "use this theme", deed: .theme($0)) }
        return commands
    }

    private static let movements: Set<Action> = [
        .left, .right, .up, .down, .pageUp, .pageDown, .first, .last, .focusNext, .focusPrevious,
    ]

    /// How well a text stands for the name, 0 best; nil: not at all. Its letters occur in the name in this order.
    func rank(for text: String) -> Int? {
        let wanted = text.lowercased().filter { $0 != " " && $0 != "-" }
        let own = name.lowercased().filter { $0 != " " && $0 != "-" }
        if own == wanted { return 0 }
        if own.hasPrefix(wanted) { return 1 }
        if own.contains(wanted) { return 2 }
        var rest = own[...]
        for letter in wanted {
            guard let place = rest.firstIndex(of: letter) else { return nil }
            rest = rest[rest.index(after: place)...]
        }
        return 3
    }
}
