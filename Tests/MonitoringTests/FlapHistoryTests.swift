import Metrics
import Monitoring
import TestSupport
import Testing

@Suite struct FlapHistoryTests {
    @Test func theShareOfChangeIsThatOfNagios() throws {
        let cases = try VectorFile.cases("nagios_flap", of: "alert_machine")
        #expect(cases.count >= 7)
        for item in cases {
            var history = FlapHistory()
            for state in try #require(item["history_oldest_first"] as? [Int]) { history.note(state == 1) }
            let expected = try #require(item["pct_change"] as? Double)
            #expect(abs(history.change * 100 - expected) < 1e-9, "\(item)")
        }
    }

    /// Between the two thresholds it stays what it was.
    @Test func flappingBeginsAtOneThresholdAndEndsAtAnother() {
        var history = FlapHistory()
        var seen: [(change: Double, isFlapping: Bool)] = []
        let states = [true, false, true, false, true, false, true] + [Bool](repeating: true, count: 30)
        for state in states {
            history.note(state)
            seen.append((history.change, history.isFlapping))
        }
        let began = seen.firstIndex { $0.isFlapping } ?? 0
        let ended = seen.lastIndex { $0.isFlapping } ?? 0
        #expect(seen[began].change >= 0.30 && seen[..<began].allSatisfy { $0.change < 0.30 })
        #expect(seen[ended].change > 0.20 && seen[ended + 1].change <= 0.20)
        #expect(seen[began...ended].contains { $0.change < 0.30 } && seen[began...ended].allSatisfy(\.isFlapping))
        #expect(history.isSteady)
    }

    @Test func theThresholdsCanBeOthers() {
        var (strict, lax) = (FlapHistory(), FlapHistory())
        for state in [true, false, true] {
            strict.note(state, FlapThresholds(start: 0.10, end: 0.05))
            lax.note(state)
        }
        #expect(strict.isFlapping && !lax.isFlapping)
    }

    @Test func whatIsNotKnownIsNoChange() {
        var history = FlapHistory()
        for state in [true, nil, true, nil, nil] as [Bool?] { history.note(state) }
        #expect(history.change < 0.1)
    }
}
