extension NumberFormat {
    /// A time as `0.85ms`, `850ms`, `4.21s`, `2m03s`, `3h12m`, `5d04h`, always two units at most.
    ///
    /// - Parameters:
    ///   - seconds: negative ones get a sign.
    ///   - compact: one decimal from 10 s on (`31.2s`).
    package static func duration(_ seconds: Double?, compact: Bool = false) -> String {
        guard let seconds, seconds.isFinite else { return missing }
        let sign = seconds < 0 ? "-" : ""
        let x = seconds.magnitude
        if x == 0 { return "0ms" }
        if x < 0.009_995 { return sign + FixedDecimal.text(x * 1000, decimals: 2) + "ms" }
        if x < 0.999_5 { return sign + FixedDecimal.text(x * 1000, decimals: 0) + "ms" }
        if compact, x >= 9.995, x < 59.95 { return sign + FixedDecimal.text(x, decimals: 1) + "s" }
        if x < (compact ? 9.995 : 59.995) { return sign + FixedDecimal.text(x, decimals: 2) + "s" }
        guard x < 1e15 else { return ">999Md" }
        return sign + clock(Int64(x.rounded(.toNearestOrEven)))
    }

    /// A time as `duration` shows it, from µs.
    package static func duration(microseconds: Int64?) -> String {
        duration(microseconds.map { Double($0) / 1_000_000 })
    }

    /// How long ago or for how long, in one unit: `4s`, `22m`, `3h`, `5d`.
    package static func age(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds.magnitude < 1e15 else { return missing }
        let whole = Int64(max(0, seconds).rounded(.down))
        return switch whole {
        case ..<60: "\(whole)s"
        case ..<3600: "\(whole / 60)m"
        case ..<172_800: "\(whole / 3600)h"
        default: "\(whole / 86_400)d"
        }
    }

    private static func clock(_ seconds: Int64) -> String {
        func two(_ n: Int64) -> String { n < 10 ? "0\(n)" : "\(n)" }
        // Minutes are cut, not rounded, above an hour: 3h59m59s has not been four hours.
        if seconds < 3600 { return "\(seconds / 60)m\(two(seconds % 60))s" }
        if seconds < 172_800 { return "\(seconds / 3600)h\(two(seconds % 3600 / 60))m" }
        return "\(seconds / 86_400)d\(two(seconds % 86_400 / 3600))h"
    }

    /// How long something has lasted, as coarse as it is long: `42s`, `4m12s`, `39m`, `3h12m`. It is drawn every second.
    package static func elapsed(_ seconds: Double) -> String {
        let whole = max(0, seconds).rounded(.down)
        return switch whole {
        case ..<60: age(whole)
        case 600..<3600: age(whole)
        default: duration(whole, compact: true)
        }
    }
}
