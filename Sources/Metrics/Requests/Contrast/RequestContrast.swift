package import Statistics
import Telemetry

/// Requests with an outcome set against those without it, by every value of every field they have: what explanations are
/// made from.
package struct RequestContrast: Sendable {
    package let question: OutcomeQuestion
    /// What was looked at: as far as every request is held, and no more than the newest.
    package let times: ClosedRange<Int64>
    /// Whether there would be more, but for the limit.
    package let isCut: Bool
    /// Above it a request is slow (µs) or expensive (nano-dollars); nil where no such outcome is asked about, or nothing is known.
    package let threshold: Int64?
    /// Requests with the outcome and those without, weighted in 1/1024 request; those of which neither is known are none of both.
    package let cases: EffectiveCount
    package let others: EffectiveCount
    package let casesSeen: Int
    package let seen: Int
    package let slices: [SliceCount]

    private let parts: [ContrastPart]
    private let sources: [(source: SliceSource, key: UInt64)]

    init(_ question: OutcomeQuestion, _ scope: ContrastScope, names: SymbolNames) {
        self.question = question
        (times, isCut, threshold, parts) = (scope.times, scope.isCut, scope.threshold, scope.parts)
        var (cases, others, casesSeen, seen) = (EffectiveCount(), EffectiveCount(), 0, 0)
        for part in parts {
            part.count(part.rows.words, cases: &cases, others: &others)
            casesSeen += part.cases.population
            seen += part.rows.population
        }
        (self.cases, self.others, self.casesSeen, self.seen) = (cases, others, casesSeen, seen)
        var slices: [SliceCount] = []
        var sources: [(source: SliceSource, key: UInt64)] = []
        var counting = SliceCounting()
        var buffer = SliceSource.Buffer()
        for source in SliceSource.all(for: question) {
            counting.removeAll()
            for part in parts {
                let (isCase, weights, first) = (part.cases, part.weights, part.first)
                source.forEachKey(in: part.chunk, part.rows, &buffer) { row, key in
                    counting.count(key, row: first + row, isCase: isCase.contains(row), weight: weights?[row])
                }
            }
            for (place, entry) in counting.entries.enumerated() {
                guard let slice = source.slice(entry.key, names, question.outcome) else { continue }
                slices.append(counting.count(at: place, slice))
                sources.append((source, entry.key))
            }
        }
        self.slices = slices
        self.sources = sources
    }

    // MARK: Sets of requests

    /// The requests of some of `slices`, by their places.
    package func members(of places: [Int]) -> [RequestSet] {
        var sets = places.map { _ in RequestSet(words: []) }
        // Once through each field, however many of its values are wanted.
        let bySource = Dictionary(grouping: places.indices) { sources[places[$0]].source }
        var buffer = SliceSource.Buffer()
        for part in parts {
            var bits = places.map { _ in RowBits(count: part.chunk.count) }
            for (source, wanted) in bySource {
                source.forEachKey(in: part.chunk, part.rows, &buffer) { row, key in
                    for i in wanted where sources[places[i]].key == key { bits[i].insert(row) }
                }
            }
            for i in sets.indices { sets[i].words += bits[i].words }
        }
        return sets
    }

    /// Requests with the outcome and without it, weighted in 1/1024 request, and those with it as they were seen.
    package struct Count: Sendable, Hashable {
        package fileprivate(set) var cases = EffectiveCount()
        package fileprivate(set) var others = EffectiveCount()
        package fileprivate(set) var casesSeen = 0
    }

    /// How many of a set's requests have the outcome, and how many do not.
    package func count(of set: RequestSet) -> Count {
        var (count, place) = (Count(), 0)
        for part in parts {
            let words = set.words[place..<place + part.rows.words.count]
            place += words.count
            count.casesSeen += part.count(words, cases: &count.cases, others: &count.others)
        }
        return count
    }

    /// Every request that was looked at.
    package var everything: RequestSet { RequestSet(words: parts.flatMap(\.rows.words)) }
}

/// Some of a contrast's requests.
package struct RequestSet: Sendable, Hashable {
    /// A bit for each row of the contrast's chunks, one chunk behind the other.
    fileprivate(set) var words: [UInt64]

    /// Requests that are in both.
    package func intersection(_ other: RequestSet) -> RequestSet {
        var set = self
        for i in set.words.indices { set.words[i] &= other.words[i] }
        return set
    }

    /// Adds another's requests.
    package mutating func formUnion(_ other: RequestSet) {
        for i in words.indices { words[i] |= other.words[i] }
    }

    /// Takes another's requests away.
    package mutating func subtract(_ other: RequestSet) {
        for i in words.indices { words[i] &= ~other.words[i] }
    }

    /// Share of the requests of either that are in both (Jaccard); 0 where there are none.
    package func likeness(to other: RequestSet) -> Double {
        var (both, either) = (0, 0)
        for i in words.indices {
            both += (words[i] & other.words[i]).nonzeroBitCount
            either += (words[i] | other.words[i]).nonzeroBitCount
        }
        return either > 0 ? Double(both) / Double(either) : 0
    }
}

/// A chunk's share in a contrast.
struct ContrastPart: Sendable {
    let chunk: RowChunk
    /// Rows before it in the contrast.
    let first: Int
    /// Rows of which it is known whether they have the outcome, and those that have it.
    let rows: RowBits
    let cases: RowBits
    /// In 1/1024 request; nil: every row stands for itself.
    let weights: [Int64]?

    /// Adds the rows of some of its words up.
    /// - Returns: how many rows have the outcome.
    @discardableResult
    func count(
        _ words: some RandomAccessCollection<UInt64>, cases: inout EffectiveCount, others: inout EffectiveCount
    ) -> Int {
        var (casesSeen, othersSeen) = (0, 0)
        for (i, word) in words.enumerated() {
            casesSeen += (word & self.cases.words[i]).nonzeroBitCount
            othersSeen += (word & ~self.cases.words[i]).nonzeroBitCount
            guard let weights else { continue }
            var left = word
            while left != 0 {
                let row = i << 6 + left.trailingZeroBitCount
                left &= left - 1
                if self.cases.contains(row) { cases.record(weights[row]) } else { others.record(weights[row]) }
            }
        }
        if weights == nil {
            cases.record(1024, times: Int64(casesSeen))
            others.record(1024, times: Int64(othersSeen))
        }
        return casesSeen
    }
}

extension RequestRows {
    /// Sets requests with an outcome against those without it.
    package func contrast(_ question: OutcomeQuestion) -> RequestContrast {
        RequestContrast(question, ContrastScope(question, self), names: names)
    }
}
