/// The keys of a profile, section by section. The parser takes no others, and the JSON Schema describes the same.
enum ProfileKeys {
    static let top = [
        "profile", "name", "manufacturer", "sources", "confidence", "advice", "connection", "registers", "status",
        "measurements", "limit", "fail-safe", "keep-alive", "start-up", "identity", "faults", "probe", "variants",
        "phases",
    ]
    static let connection = [
        "transport", "transports", "port", "unit", "any-unit", "connectors-by", "request-timeout-s",
        "connect-timeout-s", "retries", "poll-interval-s", "wait-between-requests-s", "concurrent-requests",
        "single-client", "reconnect-wait-s", "serial", "address-base", "largest-block", "largest-gap", "word-order",
        "byte-order", "read-function", "write-function",
    ]
    static let serial = ["baud", "parity", "stop-bits"]
    static let register = [
        "address", "type", "length", "word-order", "byte-order", "scale", "offset", "mask", "shift", "not-available",
        "read-function", "write-function", "optional", "stored", "write-only",
    ]
    static let test = [
        "not", "at-least", "at-most", "bits", "version-at-least", "version-below", "matches", "is", "answers",
    ]
    static let statusRule = ["when", "is", "says"]
    static let measurements = ["current-a", "voltage-v", "power-w", "energy-wh", "energy-of"]
    static let limit = [
        "register", "registers", "unit", "step-a", "minimum-a", "largest-a", "can-pause", "pause-a", "pause", "resume",
        "read-back", "acts-within-s", "refresh-s",
    ]
    static let registerValue = ["register", "value"]
    static let failSafe = [
        "current", "current-read-back", "timeout", "timeout-read-back", "smallest-timeout-s", "largest-timeout-s",
        "fixed-current-a", "fixed-timeout-s", "without",
    ]
    static let keepAlive = ["by", "every-s", "timeout-share", "register", "value"]
    static let startUp = ["register", "value", "when"]
    static let identityCheck = ["serial-number", "model"]
    static let model = ["register", "matches"]
    static let faults = ["register", "bits", "codes"]
    static let fault = ["says", "do"]
    static let probe = ["when", "says"]
    static let variant = ["name", "when", "changes"]
    static let phases = ["count", "switch"]
    static let phaseCount = ["register", "one", "three"]
    static let phaseSwitch = ["register", "one", "three", "wait-s"]

    /// Keys that a variant takes away from a section where it names another there: they cannot stand together.
    static let replaced = [
        "connection": ["transport": ["transports"], "transports": ["transport"]],
        "limit": [
            "register": ["registers"], "registers": ["register"], "pause": ["pause-a", "can-pause"],
            "pause-a": ["pause", "resume", "can-pause"],
        ],
        "keep-alive": ["every-s": ["timeout-share"], "timeout-share": ["every-s"]],
        "faults": ["bits": ["codes"], "codes": ["bits"]],
    ]
}
