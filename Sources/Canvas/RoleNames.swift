extension Role {
    /// The role's name in a theme file: `text`, `series.1`, `bar.low`.
    package var name: String {
        switch self {
        case .series1: "series.1"
        case .series2: "series.2"
        case .series3: "series.3"
        case .series4: "series.4"
        case .series5: "series.5"
        case .series6: "series.6"
        case .barLow: "bar.low"
        case .barMid: "bar.mid"
        case .barHigh: "bar.high"
        default: "\(self)"
        }
    }

    /// The role that a theme file calls `name`.
    package init?(name: String) {
        guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    /// The role whose look this one takes when a theme doesn't mention it; nil for `text`, where every chain ends.
    package var fallback: Role? {
        switch self {
        case .text: nil
        case .dim, .title, .good, .notice, .warning, .critical, .accent, .selection, .banner: .text
        case .border: .dim
        case .focus: .accent
        case .series1, .series2, .series3, .series4, .series5, .series6: .accent
        case .control: .series1
        case .canary: .series2
        case .barLow: .good
        case .barMid: .warning
        case .barHigh: .critical
        }
    }

    /// What the role looks like without any colour, unless a theme says otherwise.
    package var monoAttributes: Attributes {
        switch self {
        case .critical: [.bold, .reverse]
        case .selection: .reverse
        case .banner: [.reverse, .bold]
        case .focus: [.bold, .underline]
        case .title, .warning, .accent, .canary, .barHigh: .bold
        case .dim, .border, .barLow: .dim
        case .text, .good, .notice, .control, .barMid: []
        case .series1, .series2, .series3, .series4, .series5, .series6: []
        }
    }

    /// The letter of the role in `Screen.roleMap`.
    ///
    /// `.` text, `d` dim, `T` title, `b` border, `F` focus, `g` good, `n` notice, `w` warning, `C` critical, `a` accent,
    /// `1`…`6` series, `k` control, `y` canary, `l` `m` `h` bar low, mid and high, `S` selection, `B` banner.
    package var letter: Character {
        switch self {
        case .text: "."
        case .dim: "d"
        case .title: "T"
        case .border: "b"
        case .focus: "F"
        case .good: "g"
        case .notice: "n"
        case .warning: "w"
        case .critical: "C"
        case .accent: "a"
        case .series1: "1"
        case .series2: "2"
        case .series3: "3"
        case .series4: "4"
        case .series5: "5"
        case .series6: "6"
        case .control: "k"
        case .canary: "y"
        case .barLow: "l"
        case .barMid: "m"
        case .barHigh: "h"
        case .selection: "S"
        case .banner: "B"
        }
    }

    /// The colour of the `number`-th series, counted from 0; the seventh looks like the first again.
    package static func series(_ number: Int) -> Role {
        let all: [Role] = [.series1, .series2, .series3, .series4, .series5, .series6]
        let index = number % all.count
        return all[index < 0 ? index + all.count : index]
    }
}
