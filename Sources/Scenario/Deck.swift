import Statistics

/// Cards drawn without replacement, reshuffled when the deck is empty: shares hold exactly over every whole deck,
/// so that a rate a story promises is the rate its records show, also in a small slice.
struct Deck: Sendable {
    private let full: [Int]
    private var left: [Int]
    private var remaining: Int

    /// A deck of `counts[i]` cards of each kind `i`.
    init(_ counts: [Int]) {
        full = counts
        left = counts
        remaining = counts.reduce(0, +)
    }

    /// A deck of two kinds, for `drawHit`.
    init(hits: Int, of size: Int) {
        self.init([size - hits, hits])
    }

    /// The kind of the next card.
    mutating func draw(_ random: inout SplitMix64) -> Int {
        if remaining == 0 {
            left = full
            remaining = full.reduce(0, +)
        }
        var position = random.below(remaining)
        for kind in left.indices {
            if position < left[kind] {
                left[kind] -= 1
                remaining -= 1
                return kind
            }
            position -= left[kind]
        }
        return 0
    }

    /// Whether the next card is a hit.
    mutating func drawHit(_ random: inout SplitMix64) -> Bool {
        draw(&random) == 1
    }
}
