import Query

extension NumberFormat {
    /// How long something has lasted, as coarse as it is long: `42s`, `4m12s`, `39m`, `3h12m`. It is drawn every second.
    static func elapsed(_ seconds: Double) -> String {
        let whole = max(0, seconds).rounded(.down)
        return switch whole {
        case ..<60: age(whole)
        case 600..<3600: age(whole)
        default: duration(whole, compact: true)
        }
    }
}
