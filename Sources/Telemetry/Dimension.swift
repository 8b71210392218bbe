/// What requests are told apart by: every categorical field of a record, and the name spaces of tools, errors and
/// flags.
public enum Dimension: UInt8, Sendable, CaseIterable, Hashable {
    // Fields of a request, in the order of records.md.
    case agent, service, environment, region, host, provider, model
    case promptVersion, promptHash, agentVersion, indexVersion, collection
    case variant, taskType, intent, userSegment, customerTier, device, locale
    case featureFlag
    // Name spaces that are not one field of a request.
    case errorType, stopReason, tool, flag, operation, feedbackCategory, evalName, fallbackAction, queue, attribute

    /// Dimensions that one request has at most one value of, and which slices are counted by.
    public static let ofRequest: [Dimension] = [
        .agent, .service, .environment, .region, .host, .provider, .model, .promptVersion, .promptHash, .agentVersion,
        .indexVersion, .collection, .variant, .taskType, .intent, .userSegment, .customerTier, .device, .locale,
    ]
}
