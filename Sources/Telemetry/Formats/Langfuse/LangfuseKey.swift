/// The keys of Langfuse's objects, as its interface and as its tables name them.
enum LangfuseKey: Int, CaseIterable {
    case id, trace, parent, start, end, type, name, level, statusMessage, version, model, completionStart
    case promptName, promptVersion, latency, timeToFirstToken, usage, providedUsage, oldUsage, cost, totalCost
    case calculatedCost, metadata, environment, tags, release, user, session, timestamp, scores, traceName
    case value, stringValue, source, isDeleted, eventTime, updated, created, observation

    static let count = allCases.count

    private static let spellings: [[String]] = [
        ["id", "span_id"], ["traceId", "trace_id"], ["parentObservationId", "parent_observation_id", "parent_span_id"],
        ["startTime", "start_time"], ["endTime", "end_time"], ["type"], ["name"], ["level"],
        ["statusMessage", "status_message"], ["version"], ["model", "provided_model_name", "providedModelName"],
        ["completionStartTime", "completion_start_time"], ["promptName", "prompt_name"],
        ["promptVersion", "prompt_version"], ["latency"], ["timeToFirstToken", "time_to_first_token"],
        ["usageDetails", "usage_details"], ["providedUsageDetails", "provided_usage_details"], ["usage"],
        ["costDetails", "cost_details"], ["totalCost", "total_cost"], ["calculatedTotalCost"], ["metadata"],
        ["environment"], ["tags"], ["release"], ["userId", "user_id"], ["sessionId", "session_id"], ["timestamp"],
        ["scores"], ["traceName", "trace_name"], ["value"], ["stringValue", "string_value"], ["source"],
        ["isDeleted", "is_deleted"], ["eventTs", "event_ts"], ["updatedAt", "updated_at"],
        ["createdAt", "created_at"], ["observationId", "observation_id"],
    ]

    static let names = spellings.flatMap(\.self)
    private static let places: [Int] = spellings.enumerated().flatMap { key, names in names.map { _ in key } }

    init?(place: Int) { self.init(rawValue: Self.places[place]) }
}
