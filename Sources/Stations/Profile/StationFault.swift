/// A fault that a station reports, in words for people.
public struct StationFault: Sendable, Equatable {
    public var words: String
    /// What to do about it; nil: the profile does not say.
    public var remedy: String?

    public init(words: String, remedy: String? = nil) {
        self.words = words
        self.remedy = remedy
    }
}
