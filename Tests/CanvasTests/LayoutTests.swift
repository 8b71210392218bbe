import Canvas
import Testing

struct LayoutTests {
    @Test func `parts get what they ask for and share the rest by weight`() {
        #expect(Layout.lengths([.fixed(1), .fill(weight: 1), .fixed(1)], total: 24) == [1, 22, 1])
        #expect(Layout.lengths([.min(10, weight: 1), .min(4, weight: 3)], total: 22) == [12, 10])
        #expect(Layout.lengths([.fill(weight: 1), .fill(weight: 1), .fill(weight: 1)], total: 80) == [26, 27, 27])
    }

    @Test func `the first parts live where space is short`() {
        #expect(Layout.lengths([.fixed(2), .min(5, weight: 1), .fixed(3)], total: 4) == [2, 2, 0])
        #expect(Layout.lengths([.fixed(2)], total: -5) == [0])
    }

    @Test func `the last part takes what nobody wants`() {
        #expect(Layout.lengths([.fixed(2), .min(3, weight: 0)], total: 10) == [2, 8])
        #expect(Layout.lengths([], total: 10) == [])
    }

    @Test func `parts never overlap, never leave and always fill the rectangle`() {
        var random = SeededGenerator(42)
        for _ in 0..<3000 {
            let parts = (0..<Int.random(in: 1...9, using: &random)).map { _ -> Layout.Constraint in
                let cells = Bool.random(using: &random) ? Int.random(in: -3...90, using: &random) : Int.max
                let weight = [0, 1, 2, 7, -4, Int.max].randomElement(using: &random) ?? 1
                switch Int.random(in: 0...2, using: &random) {
                case 0: return .fixed(cells)
                case 1: return .min(cells, weight: weight)
                default: return .fill(weight: weight)
                }
            }
            let rect = Rect(
                x: Int.random(in: -5...50, using: &random), y: Int.random(in: -5...50, using: &random),
                width: Int.random(in: 0...220, using: &random), height: Int.random(in: 0...70, using: &random))
            let columns = Layout.columns(parts, in: rect)
            let rows = Layout.rows(parts, in: rect)
            #expect(columns.first?.x == rect.x && columns.last?.maxX == rect.maxX)
            #expect(rows.first?.y == rect.y && rows.last?.maxY == rect.maxY)
            for (a, b) in zip(columns, columns.dropFirst()) { #expect(a.maxX == b.x) }
            for (a, b) in zip(rows, rows.dropFirst()) { #expect(a.maxY == b.y) }
            #expect(columns.allSatisfy { $0.width >= 0 && $0.y == rect.y && $0.height == rect.height })
            #expect(rows.allSatisfy { $0.height >= 0 && $0.x == rect.x && $0.width == rect.width })
        }
    }

    @Test func `the middle of a rectangle is empty where its margins meet`() {
        #expect(Rect(x: 2, y: 2, width: 10, height: 5).inset() == Rect(x: 3, y: 3, width: 8, height: 3))
        #expect(Rect(x: 0, y: 0, width: 1, height: 1).inset().isEmpty)
        #expect(Rect(x: 0, y: 0, width: Int.max, height: Int.max).inset(horizontal: Int.max).isEmpty)
    }

    @Test func `a rectangle holds its cells and no others`() {
        let rect = Rect(x: 1, y: 2, width: 3, height: 2)
        #expect(rect.contains(x: 1, y: 2) && rect.contains(x: 3, y: 3))
        #expect(!rect.contains(x: 4, y: 3) && !rect.contains(x: 3, y: 4) && !rect.contains(x: 0, y: 2))
    }
}
