import Metrics
import Monitoring
import Query
import Statistics
import Telemetry
import TestSupport
import Testing

@Suite struct ObjectiveTests {
    private static let vectors = "objectives"

    private static func parts(_ x: Double) -> Int64 { Int64((x * 1e6).rounded()) }
    /// 14.4 as 144/10.
    private static func factor(_ x: Double) throws -> Ratio { try #require(Ratio(parts(x), of: 1_000_000)) }

    private static func duration(_ text: String) throws -> Int64 {
        let unit: Int64 = text.hasSuffix("m") ? Span.minute : text.hasSuffix("h") ? Span.hour : Span.day
        return try #require(Int64(text.dropLast())) * unit
    }

    // MARK: Factors

    @Test func factorsFollowFromThePeriod() throws {
        for row in try VectorFile.cases("burn_rate_table_30d", of: Self.vectors) {
            let window = try #require(
                BurnWindow.table.first { BurnWindow.text($0.long) == row["long"] as? String }, "\(row)")
            #expect(BurnWindow.text(window.short) == row["short"] as? String)
            #expect((window.severity == .p1) == (row["severity"] as? String == "page"))
            #expect(try window.factor(period: 30 * Span.day) == Self.factor(#require(row["burn"] as? Double)))
        }
        let others = try VectorFile.object(Self.vectors)["burn_rate_table_other_periods"] as? [String: [[String: Any]]]
        for (period, rows) in try #require(others) {
            for row in rows {
                let window = try #require(BurnWindow.table.first { BurnWindow.text($0.long) == row["long"] as? String })
                let burn = try #require(row["burn"] as? Double)
                #expect(abs(window.factor(period: try Self.duration(period)).nearestDouble - burn) < 1e-9)
            }
        }
    }

    @Test func aFactorThatCanNeverFireIsRefused() throws {
        for row in try VectorFile.cases("burn_error_rate_by_slo", of: Self.vectors) {
            let target = Self.parts(try #require(row["slo"] as? Double))
            let window = BurnWindow.table[0]
            #expect(window.canFire(target: target, period: 30 * Span.day) == (row["14.4_reachable"] as? Bool))
            let objective = try Objective(name: "x", kind: .success, target: target)
            #expect(objective.windows.contains(window) == (row["14.4_reachable"] as? Bool))
            #expect(objective.windows.count + objective.omitted.count == 4)
        }
        let hasty = BurnWindow(
            long: Span.hour, short: 5 * Span.minute, factor: try Self.factor(14.4), severity: .p1)
        #expect {
            try Objective(name: "x", kind: .success, target: 900_000, windows: [hasty])
        } throws: {
            "\($0)" == "burn 14.4 over 1h can never fire: when everything fails the burn is 10; take a lower factor "
                + "or a higher objective"
        }
    }

    @Test func targetsAndPeriodsAreChecked() {
        for target in [0, 1_000_000, 95_000_000] as [Int64] {
            #expect(throws: ObjectiveError.target(target)) { try Objective(name: "x", kind: .success, target: target) }
        }
        #expect("\(ObjectiveError.target(95_000_000))".hasSuffix("0.95 is meant?"))
        #expect(throws: ObjectiveError.period(90 * Span.day)) {
            try Objective(name: "x", kind: .success, target: 950_000, period: 90 * Span.day)
        }
        // Within a week a tenth of the budget in three days is less than its share.
        let week = try? Objective(name: "x", kind: .success, target: 950_000, period: 7 * Span.day)
        #expect(week?.windows.map(\.name) == ["1h/5m", "6h/30m", "1d/2h"])
    }

    // MARK: Burning

    @Test func burningIsComparedInIntegersAndStrictly() throws {
        for row in try VectorFile.cases("burn_eval", of: Self.vectors) {
            let target = Self.parts(try #require(row["slo"] as? Double))
            let factor = try Self.factor(try #require(row["burn"] as? Double))
            let both = try ["long", "short"].map { key in
                let pair = try #require(row[key] as? [Int])
                return ObjectiveCounts(bad: Int64(pair[0]) * 1024, of: Int64(pair[1]) * 1024)
            }
            let isFiring = both.allSatisfy { $0.burns(fasterThan: factor, target: target) }
            #expect(isFiring == (row["fires"] as? Bool), "\(row)")
        }
    }

    @Test func fewRequestsAreNoEvidence() throws {
        let rows = try #require(
            (try VectorFile.object(Self.vectors)["low_traffic_guard"] as? [String: Any])?["rows"] as? [[String: Any]])
        for row in rows {
            let bad = try #require(row["bad"] as? Int)
            let counts = ObjectiveCounts(bad: Int64(bad) * 1024, of: Int64(try #require(row["n"] as? Int)) * 1024)
            let target = Self.parts(try #require(row["slo"] as? Double))
            let factor = try Self.factor(try #require(row["burn"] as? Double))
            let lower = try #require(counts.lowerBound)
            #expect(abs(lower - (try #require(row["wilson_lo"] as? Double))) < 1e-9)
            #expect(counts.burns(fasterThan: factor, target: target) == (row["point_fires"] as? Bool))
            #expect(counts.isCertain(of: factor, target: target) == (row["guarded_fires"] as? Bool))
            // Ten failures are enough in any case.
            #expect(counts.isEvidence(of: factor, target: target) == (bad >= 10))
        }
        let two = ObjectiveCounts(bad: 2 * 1024, of: 2 * 1024)
        #expect(two.isEvidence(of: try Self.factor(1), target: 950_000) == false)
        // A failure that stands for twenty is one piece of evidence.
        let sampled = ObjectiveCounts(bad: 20 * 1024, of: 20 * 1024, worth: 0.05)
        #expect(sampled.isEvidence(of: try Self.factor(1), target: 950_000) == false)
    }

    @Test func theBudgetEndsWhenItIsReckonedToEnd() throws {
        for row in try VectorFile.cases("time_to_exhaustion", of: Self.vectors) {
            let seconds = ObjectiveReport.exhaustion(
                remaining: try #require(row["budget_remaining"] as? Double), burn: try #require(row["burn"] as? Double),
                period: Int64(try #require(row["period_h"] as? Int)) * Span.hour)
            #expect(abs(try #require(seconds) / 3600 - (try #require(row["hours"] as? Double))) < 1e-9)
        }
        #expect(ObjectiveReport.exhaustion(remaining: 0.5, burn: 0, period: Span.day) == nil)
    }

    // MARK: Reports

    private static func bench(minutes: Int64, bad: (Int64) -> Bool) -> CountingBench {
        var bench = CountingBench()
        for i in 0..<minutes * 6 {
            bench.count(at: midnight + i * 10 * Span.second) { record in
                record.success = !bad(i)
                record.latency = (i.isMultiple(of: 10) ? 9 : 1) * Span.second
                record.quality = i.isMultiple(of: 4) ? (i.isMultiple(of: 8) ? 900_000 : 300_000) : nil
            }
        }
        return bench
    }

    private static func watch(_ bench: CountingBench, _ objectives: [Objective]) -> ObjectiveWatch {
        var watch = ObjectiveWatch(objectives)
        let snapshot = bench.snapshot()
        let now = (snapshot.now ?? 0) + 10 * Span.second
        watch.step(bench.snapshot(asOf: now), at: now)
        return watch
    }

    @Test func aReportTellsWhatIsLeftAndHowMuchIsHeld() throws {
        let bench = Self.bench(minutes: 26 * 60) { $0.isMultiple(of: 40) }
        let watch = Self.watch(
            bench,
            [
                try Objective(name: "success", kind: .success, target: 950_000),
                try Objective(name: "fast", kind: .latency(under: 8 * Span.second), target: 950_000),
                try Objective(name: "good", kind: .quality(atLeast: 800_000), target: 600_000),
            ])
        let reports = watch.reports
        try #require(reports.count == 3)
        #expect(reports[0].reach == "26h of 30d")
        // One in forty fails: half of the budget, at half of the pace that is allowed.
        #expect(abs(try #require(reports[0].remaining) - 0.5) < 1e-9)
        #expect(abs(try #require(reports[0].burn) - 0.5) < 0.01)
        #expect(abs(try #require(reports[0].exhaustion) / 86400 - 30) < 1)
        #expect(reports[0].policy == nil)
        #expect(reports[0].attained == 0.975)
        // One in ten takes 9 s.
        #expect(abs(try #require(reports[1].remaining) + 1) < 1e-9)
        #expect(reports[1].policy == "budget spent: freeze prompt experiments")
        // A quarter is scored, half of which is bad.
        #expect(reports[2].coverage == 0.25)
        #expect(reports[2].attained == 0.5)
    }

    @Test func anyConditionOnAnyPartIsAnObjective() throws {
        let kind = try Objective.Kind(good: "success and latency <= 8s", among: RecordFilter("quality >= 0.5"))
        let objective = try Objective(name: "quick", kind: kind, target: 750_000)
        var bench = CountingBench()
        bench.recorder = Recorder(criteria: [Criterion].init(ObjectiveWatch([objective]).criteria))
        for i in 0..<Int64(3600) {
            bench.count(at: midnight + i * Span.second) { record in
                record.success = !i.isMultiple(of: 20)
                record.latency = (i.isMultiple(of: 10) ? 9 : 1) * Span.second
                record.quality = i.isMultiple(of: 2) ? 900_000 : 100_000
            }
        }
        let report = try #require(Self.watch(bench, [objective]).reports.first)
        // Half of the requests are asked; of these a fifth is slow, and what fails is slow as well.
        #expect(report.requests == 1800 * 1024)
        #expect(report.attained == 0.8)
        #expect(abs(try #require(report.remaining) - 0.2) < 1e-9)
        #expect(abs(try #require(report.burn) - 0.8) < 1e-9)
        #expect(report.coverage == 1)
    }

    @Test func aFastBurnPagesAndFreezesExperiments() throws {
        let bench = Self.bench(minutes: 3 * 60) { $0 >= 2 * 360 }
        let watch = Self.watch(bench, [try Objective(name: "success", kind: .success, target: 950_000)])
        let report = try #require(watch.reports.first)
        // The last hour failed: 20 times what is allowed.
        #expect(report.burns.map(\.isFiring) == [true, true, true, true])
        #expect(report.isBurningFast)
        #expect(report.policy?.hasSuffix("freeze prompt experiments") == true)
        #expect(abs(try #require(report.burn) - 20) < 1e-9)
    }

    @Test func itsRulesCompileAndFire() throws {
        let bench = Self.bench(minutes: 3 * 60) { $0 >= 2 * 360 }
        let watch = Self.watch(
            bench,
            [
                try Objective(name: "success", kind: .success, target: 950_000),
                try Objective(name: "odd {\"name\"}", kind: .weakCompletion, target: 999_000, period: 28 * Span.day),
            ])
        let catalogue = WindowMetric.catalogue.appending(watch.entries)
        let outcomes = try watch.rules.map { rule in
            _ = try Template.compile(rule.summary, catalogue)
            return try Query.Expression.compile(rule.when, catalogue).evaluate { watch.value(of: $0) }
        }
        #expect(watch.rules.map(\.severity).prefix(5) == [.p1, .p1, .p2, .p2, .p2])
        #expect(outcomes == Array(repeating: .true, count: 10))
        let decided = try Query.Expression.compile(watch.rules[0].when, catalogue).decision { watch.value(of: $0) }
        #expect(decided?.value == 20)
        #expect(decided?.threshold == 14.4)
        #expect(throws: QueryError.self) {
            try Query.Expression.compile(#"budget_left("succes") < 0"#, catalogue)
        }
        #expect(ObjectiveWatch([]).entries.isEmpty)
    }
}
