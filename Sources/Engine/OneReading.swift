import Metrics
package import Monitoring

/// Reads everything there is, once, on the calling thread.
package enum OneReading {
    /// Records between two looks at whether more is there.
    private static let roundLength = 4096

    /// What is known at the end of all sources.
    /// - Throws: `EngineError.unreadable` if a source can't be read: the numbers of the others would pass for all.
    package static func situation(_ options: EngineOptions) throws(EngineError) -> Situation {
        try read(options).situation
    }

    static func read(_ options: EngineOptions) throws(EngineError) -> (reader: Reader, situation: Situation) {
        var options = options
        options.follows = false
        let reader = Reader(options)
        while true {
            switch reader.round(limit: roundLength) {
            case .busy: continue
            case .due(let delay): reader.wait(atMost: delay, wake: -1, onlyForTime: true)
            case .idle: reader.wait(atMost: nil, wake: -1)
            case .ended:
                if let failure = reader.failure { throw .unreadable(failure) }
                return (reader, reader.situation())
            }
        }
    }
}
