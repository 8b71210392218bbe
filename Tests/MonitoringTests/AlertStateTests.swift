import Metrics
import Monitoring
import Statistics
import TestSupport
import Testing

@Suite struct AlertStateTests {
    /// The phases of an alert whose condition is judged every `step` seconds.
    private static func phases(
        _ conditions: [Bool?], _ timing: AlertTiming, step: Int64 = 10
    ) -> [String] {
        var state = AlertState()
        return conditions.enumerated().map { i, condition in
            _ = state.step(
                Evaluation(isTrue: condition), timing: timing, at: anyTime + Int64(i) * step * Span.second)
            switch state.phase {
            case nil, .resolved: return "inactive"
            case let phase?: return phase.rawValue
            }
        }
    }

    @Test func forAndKeepFiringForAreThoseOfPrometheus() throws {
        for item in try VectorFile.cases("alert_machine", of: "alert_machine") {
            let conditions = try #require(item["condition"] as? [Int]).map { $0 == 1 }
            let step = Int64(try #require(item["step_s"] as? Int))
            let timing = AlertTiming(
                forDuration: Int64(try #require(item["for_s"] as? Int)) * Span.second,
                keepFiringFor: Int64(try #require(item["keep_firing_for_s"] as? Int)) * Span.second)
            #expect(Self.phases(conditions, timing, step: step) == item["states"] as? [String], "\(item)")
        }
    }

    @Test func itFiresAfterSoManyConsecutiveTrueJudgements() throws {
        for item in try VectorFile.cases("hysteresis_consecutive", of: "alert_machine") {
            let conditions = try #require(item["condition"] as? [Int]).map { $0 == 1 }
            let phases = Self.phases(conditions, AlertTiming(forCount: try #require(item["N"] as? Int)))
            #expect(phases.firstIndex(of: "firing") == item["fires_at_index"] as? Int, "\(item)")
        }
    }

    @Test func countAndDurationMustBothBeReached() {
        let timing = AlertTiming(forCount: 2, forDuration: 30 * Span.second)
        #expect(
            Self.phases([true, true, true, true, true], timing)
                == ["pending", "pending", "pending", "firing", "firing"])
    }

    @Test func aPendingAlertThatEndsIsDroppedAndLeavesNoRecovery() {
        var state = AlertState()
        let timing = AlertTiming(forCount: 3)
        _ = state.step(Evaluation(isTrue: true), timing: timing, at: anyTime)
        let change = state.step(Evaluation(isTrue: false), timing: timing, at: anyTime + 10)
        #expect(change?.from == .pending && change?.to == nil)
        #expect(state == AlertState() || state.resolvedAt == nil && state.firedAt == nil && !state.isFiring)
    }

    @Test func sinceIsTheFirstTrueJudgementNotTheFiring() {
        var state = AlertState()
        for i in 0..<5 {
            _ = state.step(
                Evaluation(isTrue: true, value: 0.2), timing: AlertTiming(forCount: 3), at: anyTime + Int64(i))
        }
        #expect(state.since == anyTime && state.firedAt == anyTime + 2 && state.isFiring && state.value == 0.2)
    }

    @Test func notKnowingKeepsWhatIs() {
        let timing = AlertTiming(forCount: 2)
        #expect(
            Self.phases([nil, true, nil, true, nil, false], timing).map(\.first) == ["i", "p", "p", "f", "f", "i"])
    }

    @Test(arguments: [false, nil] as [Bool?])
    func aResolvedAlertIsForgottenAfterAnHour(_ later: Bool?) {
        var state = AlertState()
        let timing = AlertTiming()
        _ = state.step(Evaluation(isTrue: true), timing: timing, at: anyTime)
        _ = state.step(Evaluation(isTrue: false), timing: timing, at: anyTime + 10)
        #expect(state.phase == .resolved && state.resolvedAt == anyTime + 10)
        _ = state.step(Evaluation(isTrue: later), timing: timing, at: anyTime + 10 + Span.hour)
        #expect(state.phase == .resolved)
        _ = state.step(Evaluation(isTrue: later), timing: timing, at: anyTime + 11 + Span.hour)
        #expect(state.phase == nil)
    }

    @Test func anAlertThatComesBackBeginsAnew() {
        var state = AlertState()
        let timing = AlertTiming(forCount: 2)
        for (i, isTrue) in [true, true, false, true].enumerated() {
            _ = state.step(Evaluation(isTrue: isTrue), timing: timing, at: anyTime + Int64(i))
        }
        #expect(state.phase == .pending && state.since == anyTime + 3 && state.resolvedAt == nil)
    }

    /// Whatever the conditions, changes chain up and never go from nothing to recovering or resolved.
    @Test func changesOfPhaseFormAChain() {
        var random = Xoshiro256(seed: 4)
        let timings = [
            AlertTiming(), AlertTiming(forCount: 3), AlertTiming(forDuration: 40, keepFiringFor: 25),
            AlertTiming(forCount: 2, keepFiringFor: 50),
        ]
        for timing in timings {
            var state = AlertState()
            var phase: AlertPhase?
            for i in 0..<2000 {
                let condition: Bool? = random.chance(0.1) ? nil : random.chance(0.5)
                let change = state.step(Evaluation(isTrue: condition), timing: timing, at: anyTime + Int64(i) * 10)
                if let change {
                    #expect(change.from == phase && change.to != phase)
                    if change.to == .resolved { #expect(change.from == .firing || change.from == .recovering) }
                    if change.to == .recovering { #expect(change.from == .firing) }
                }
                phase = state.phase
                #expect(state.isFiring == (phase == .firing || phase == .recovering))
                if state.isFiring { #expect(state.firedAt != nil && state.resolvedAt == nil) }
            }
        }
    }
}
