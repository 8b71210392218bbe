/// What can go wrong with an agent, as a change of its nature.
package enum TrafficFault: String, Sendable, CaseIterable {
    case errorBurst = "errors 2% to 30%"
    case latencyDoubles = "latency x2"
    case costSpike = "cost x3"
    case tokenLoop = "token loop x4"
    case silence
    case creep = "completion 90% to 80%"

    /// How long it lasts, in hours.
    package var hours: Int64 {
        switch self {
        case .errorBurst, .latencyDoubles, .silence: 6
        case .costSpike, .tokenLoop: 12
        case .creep: 14 * 24
        }
    }

    /// What an agent is like so many hours after it began.
    package func change(_ nature: inout SeasonalTraffic.Nature, after hours: Double) {
        switch self {
        case .errorBurst:
            // What fails does not complete either.
            nature.completed *= (1 - 0.30) / (1 - nature.failing)
            nature.failing = 0.30
        case .latencyDoubles: nature.latency *= 2
        case .costSpike: nature.dollarsPerHour *= 3
        case .tokenLoop:
            nature.inputTokens *= 4
            nature.outputTokens *= 4
            nature.dollarsPerHour *= 4
        case .silence: nature.isSilent = true
        case .creep: nature.completed -= 0.10 * min(1, hours / Double(self.hours))
        }
    }
}
