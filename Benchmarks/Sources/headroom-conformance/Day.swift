struct Day {
    var rate: Double
    var hours: Double
    struct Result { var lines: [String] = []; var passes = true }
    func run(_ say: (String) -> Void) throws -> Result { Result() }
}
