import Statistics

/// The decks of the shop: what happens to whom, with shares that hold in every slice.
struct ShopDecks: Sendable {
    var length: Deck
    var newUser = Deck(hits: 5, of: 100)
    /// Of sessions; as mobile sessions have one request each, about 5% of requests.
    var mobile = Deck(hits: 11, of: 99)
    var outage = Deck(hits: 8, of: 15)
    /// 40% of the nightly batch fails.
    var catalog = Deck(hits: 2, of: 5)

    /// Code debugging succeeds in 60%.
    private var code = Deck(hits: 4, of: 10)
    /// New users: 30 points worse than all others, who are at about 1.4% with code debugging among them.
    private var firstSteps = Deck(hits: 8, of: 25)
    /// The canary's answers break the format.
    private var canary = Deck(hits: 4, of: 25)
    private var health = Deck(hits: 1, of: 125)
    private var models: [String: Deck] = [:]
    /// Refunds, orders and the rest. A small deck keeps the mix of every few minutes the same, so that the share of an
    /// outage is steady and no shift of the mix looks like drift.
    private var themes = Deck([5, 8, 7])
    private var europeanThemes = Deck([4, 8, 8])
    /// Products, refunds from the Union and code, among the rest.
    private var rest = Deck([65, 2, 3])
    private var europeanRest = Deck([64, 13, 3])

    init(lengths: [Int]) {
        length = Deck(lengths)
    }

    /// What the next session is about.
    mutating func task(european: Bool, _ random: inout SplitMix64) -> ShopTask {
        switch european ? europeanThemes.draw(&random) : themes.draw(&random) {
        case 0: return .refund
        case 1: return .orderStatus
        default: break
        }
        switch european ? europeanRest.draw(&random) : rest.draw(&random) {
        case 0: return .productQuestion
        case 1: return .refundEU
        default: return .codeDebugging
        }
    }

    /// The position in `ShopModel.all` of the model of a session.
    mutating func model(of task: ShopTask, _ random: inout SplitMix64) -> Int {
        models[task.name, default: Deck(task.models)].draw(&random)
    }

    /// Whether and how a request fails when no tool is out.
    mutating func failure(of session: ShopSession, isCanary: Bool, random: inout SplitMix64) -> ShopFailure? {
        if session.task.name == ShopTask.codeDebugging.name {
            return code.drawHit(&random) ? .drawn(ShopFailure.ofCode, &random) : nil
        }
        if session.isNew {
            return firstSteps.drawHit(&random) ? .drawn(ShopFailure.ofNewUsers, &random) : nil
        }
        if isCanary {
            return canary.drawHit(&random) ? .drawn(ShopFailure.ofCanary, &random) : nil
        }
        return health.drawHit(&random) ? .drawn(ShopFailure.inHealth, &random) : nil
    }
}
