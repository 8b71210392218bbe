import Metrics
import Statistics

/// How much less the requests of users prove than independent ones, from how much more groups of users differ than chance lets
/// them.
struct UserLikeness: Sendable {
    /// How many requests of the same users are worth one.
    private(set) var designEffect = 1.0
    /// Whether who asked is known of the requests but not yet how alike theirs are: nothing is said against a canary until then.
    private(set) var isOpen = false
    /// Groups of users in which the canary failed; many where users are not known.
    private(set) var failingGroups = Int.max

    /// - Parameters:
    ///   - users: of the soak so far, as the rows are.
    mutating func learn(_ users: ArmUsers, controlRow: ArmRow, canaryRow: ArmRow) {
        let mine = users.canary
        let failed = mine.failed.indices.reduce(Int64(0)) { $0 &+ mine.failed[$1] }
        // Outcomes that were corrected later are not among the groups: then these tell nothing.
        let isKnown = mine.heaviness > 0 && failed * 2 >= canaryRow.failed.weighted
        failingGroups = isKnown ? mine.failed.indices.count { mine.failed[$0] > 0 } : .max
        let found = Self.effect(users.control) ?? Self.effect(users.canary)
        isOpen = isKnown && found == nil && canaryRow.failed.weighted > 0
        // Users who asked once are alike to nobody.
        let users = max(1, Double(controlRow.newUsers + canaryRow.newUsers))
        let each = Double(controlRow.requests.raw + canaryRow.requests.raw) / users
        designEffect = min(max(1, found ?? 1), 1 + 4 * max(0, each - 1))
    }

    private static func effect(_ groups: UserGroups) -> Double? {
        DesignEffect.ofGroups(
            bad: groups.failed.indices.map { Double(groups.failed[$0]) / 1024 },
            counts: groups.judged.indices.map { Double(groups.judged[$0]) / 1024 },
            effective: groups.effectiveJudged)
    }
}
