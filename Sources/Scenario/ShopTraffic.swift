import Statistics

/// The shop's sessions: who comes when, and what they ask, from one seed.
struct ShopTraffic: Sendable {
    /// Milliseconds since the epoch.
    private let start: Int
    private let day: ShopDay
    private let users: Int
    private var clock: Int
    private var random: SplitMix64
    private var decks: ShopDecks
    private var sequels = ShopSequels()
    private var notices: ShopNotices
    private var identifiers: Identifiers
    private var newUsers = 0
    /// Millionths of a request that sessions have yet to begin for.
    private var owed = 0

    /// Millionths. Sessions have 2.38 requests on average (see `sessionLengths`), but mobile ones, one in nine, have one.
    private static let requestsPerSession = (2_380_000 * 8 + 1_000_000) / 9
    /// Cards of sessions of 1, 2, 3, 4 and 5 requests.
    private static let sessionLengths = [30, 30, 20, 12, 8]
    /// Sessions begin this long before the story, so that it starts in full swing.
    private static let warmUp = 4 * 60_000

    /// Traffic from `start` (milliseconds since the epoch).
    init(start: Int, day: ShopDay, seed: UInt64) {
        self.start = start
        self.day = day
        // A user comes about five times in six hours.
        users = max(1_000, day.rate * 2)
        clock = -Self.warmUp
        random = SplitMix64(seed: seed)
        decks = ShopDecks(lengths: Self.sessionLengths)
        notices = ShopNotices(seed: seed ^ 0x6E6F_7469_6365_7300)
        identifiers = Identifiers(seed: seed)
    }

    /// Writes everything about the sessions that begin before `end` (milliseconds since the story's start).
    mutating func advance(to end: Int, into lines: inout PendingLines) {
        notices.write(before: end, start: start, day: day, into: &lines)
        while clock < end {
            if day.isNightly(clock), random.below(85) == 0 {
                writeBatchRequest(at: clock + random.below(1_000), into: &lines)
            }
            owed += day.rate(at: clock) * 1_000
            while owed > 0 {
                owed -= random.below(2 * Self.requestsPerSession + 1)
                writeSession(at: clock + random.below(1_000), into: &lines)
            }
            clock += 1_000
        }
    }

    private mutating func writeSession(at beginning: Int, into lines: inout PendingLines) {
        let session = makeSession(at: beginning)
        let length = session.isMobile ? 1 : decks.length.draw(&random) + 1
        var time = beginning
        for turn in 0..<length {
            let request = makeRequest(of: session, turn: turn, at: time)
            if lines.covers(request.end) { lines.add(request.line(), at: request.end) }
            sequels.write(after: request, random: &random, into: &lines)
            time += request.latency + random.uniform(12_000...70_000)
        }
    }

    private mutating func makeSession(at time: Int) -> ShopSession {
        let isNew = decks.newUser.drawHit(&random)
        let isMobile = decks.mobile.drawHit(&random)
        var task = decks.task(european: day.isEuropean(time), &random)
        // Nobody debugs code on a telephone or in a first visit: the slices stay clear of each other.
        if (isNew || isMobile) && task.name == ShopTask.codeDebugging.name { task = .productQuestion }
        if isNew { newUsers += 1 }
        let user = isNew ? "v_\(newUsers)" : "u_\(1_300 + random.below(users))"
        let inEurope = task.name == ShopTask.refundEU.name || random.chance(perMille: 70)
        return ShopSession(
            identifier: identifiers.next(),
            user: user,
            isNew: isNew,
            number: isNew ? 1 + random.below(5) : nil,
            device: isMobile ? "mobile" : random.chance(perMille: 120) ? "tablet" : nil,
            locale: inEurope ? ["de-DE", "fr-FR", "it-IT"][random.below(3)] : nil,
            tier: random.chance(perMille: 100) ? "business" : nil,
            task: task,
            model: ShopModel.all[decks.model(of: task, &random)],
            inCanary: day.isNearCanary(time) && UserBucket.mod100.bucket(of: user) < 5)
    }

    private mutating func writeBatchRequest(at time: Int, into lines: inout PendingLines) {
        let failure = decks.catalog.drawHit(&random) ? ShopFailure.drawn(ShopFailure.ofCatalog, &random) : nil
        let request = makeRequest(
            of: nil, task: .catalogSync, model: ShopModel.all[1], turn: 0, at: time, isCanary: nil, failure: failure)
        lines.add(request.line(), at: request.end)
    }

    private mutating func makeRequest(of session: ShopSession, turn: Int, at time: Int) -> ShopRequest {
        let isCanary = day.isCanary(time) ? session.inCanary : nil
        let refundFails = day.isOutage(time) && session.task.refunds && decks.outage.drawHit(&random)
        let failure =
            refundFails ? .timeout : decks.failure(of: session, isCanary: isCanary ?? false, random: &random)
        return makeRequest(
            of: session, task: session.task, model: session.model, turn: turn, at: time, isCanary: isCanary,
            failure: failure)
    }

    private mutating func makeRequest(
        of session: ShopSession?, task: ShopTask, model: ShopModel, turn: Int, at time: Int, isCanary: Bool?,
        failure: ShopFailure?
    ) -> ShopRequest {
        let inOutage = day.isOutage(time) && task.refunds
        let refundFails = inOutage && failure == .timeout
        let isDrifted = random.chance(perMille: day.driftedShare(at: time))
        let version: ShopVersion =
            isDrifted ? .wordy : isCanary == true ? .canary : day.isEventful && time >= ShopDay.fix ? .fixed : .stable
        let latency =
            latency(task: task, model: model, failure: failure, refundFails: refundFails)
            * (isCanary == true ? 1_500 : isDrifted ? 1_060 : 1_000) / 1_000
        let hasOutput = failure?.hasOutput ?? true
        let length = random.logNormal(median: task.outputMedian, sigma: 240) * (isDrifted ? 1_270 : 1_000) / 1_000
        let input = random.logNormal(median: task.inputMedian, sigma: 180) + turn * 350
        let calls = toolCalls(of: task, within: latency, refundFails: refundFails)
        let mood = 36 - (isCanary == true ? 14 : 0) - (inOutage ? 22 : 0) - (isDrifted ? 8 : 0)
        let worth = isCanary == true ? 84 : isDrifted ? 83 : 90
        return ShopRequest(
            trace: identifiers.next(),
            end: start + time + latency,
            latency: latency,
            firstToken: hasOutput && random.chance(perMille: 220) ? latency * random.uniform(18...38) / 100 : nil,
            session: session,
            task: task,
            model: model,
            version: version,
            isCanary: isCanary,
            inOutage: inOutage,
            isDrifted: isDrifted,
            failure: failure,
            inputTokens: isDrifted ? input * 106 / 100 : input,
            cachedTokens: turn > 0 ? input * random.uniform(60...75) / 100 : nil,
            outputTokens: hasOutput ? max(length * random.uniform(240...280) / 1_000, 1) : nil,
            outputLength: hasOutput ? max(length, 1) : nil,
            toolCalls: calls,
            tools: refundFails || random.chance(perMille: task.refunds ? 160 : 50)
                ? .list : random.chance(perMille: 500) ? .count : .none,
            hasSpans: random.chance(perMille: failure == nil ? 3 : 200),
            sentiment: session != nil && random.chance(perMille: 300)
                ? min(max(random.normal(mean: mood, deviation: 24), -100), 100) : nil,
            quality: hasOutput && random.chance(perMille: 120)
                ? min(max(random.normal(mean: worth, deviation: 4), 0), 100) : nil)
    }

    /// Milliseconds, before the canary's and the drift's share.
    private mutating func latency(task: ShopTask, model: ShopModel, failure: ShopFailure?, refundFails: Bool) -> Int {
        if refundFails {
            // Two attempts of the tool; the 95th percentile of all requests stays below 30 s.
            return random.chance(perMille: 920) ? random.uniform(15_000...26_000) : random.uniform(26_000...38_000)
        }
        switch failure {
        case .timeout: return random.uniform(8_000...13_000)
        case .rateLimit: return random.uniform(120...400)
        default: break
        }
        var latency = random.logNormal(median: task.latencyMedian, sigma: task.latencySigma) * model.pace / 1_000
        // Now and then an attempt is lost and repeated.
        if random.chance(perMille: 12) { latency += random.uniform(6_000...11_000) }
        return min(max(latency, 180), 29_000)
    }

    private mutating func toolCalls(of task: ShopTask, within latency: Int, refundFails: Bool) -> [ShopToolCall] {
        var calls: [ShopToolCall] = []
        for tool in task.tools {
            if tool == .refund && refundFails {
                // Most of the request's time went into waiting for it.
                calls.append(ShopToolCall(tool: tool, latency: max(latency - 1_400, 1), success: false))
                continue
            }
            // A second search or run only where the first did not do.
            if calls.last?.tool == tool && random.chance(perMille: 500) { continue }
            let own = random.logNormal(median: tool.latencyMedian, sigma: 400)
            calls.append(
                ShopToolCall(
                    tool: tool, latency: min(own, max(latency / (task.tools.count + 1), 1)),
                    success: !random.chance(perMille: 6)))
        }
        return calls
    }
}

/// Distinct identifiers in no visible order: a permutation of the 32-bit numbers.
struct Identifiers: Sendable {
    private var counter: UInt32

    init(seed: UInt64) {
        counter = UInt32(truncatingIfNeeded: seed &* 0x9E37_79B9)
    }

    mutating func next() -> UInt32 {
        counter &+= 1
        // The finalizer of MurmurHash3, which is a bijection.
        var mixed = counter
        mixed = (mixed ^ (mixed >> 16)) &* 0x85EB_CA6B
        mixed = (mixed ^ (mixed >> 13)) &* 0xC2B2_AE35
        return mixed ^ (mixed >> 16)
    }
}
