// The expected results: the golden vectors on the machine that this is compiled on, to standard output.
import Glibc

@main struct Host: GoldenBench {
    private var text: [UInt8] = []

    mutating func write(_ character: UInt8) { text.append(character) }
    mutating func meterBegins(_ step: GoldenStep) {}
    mutating func meterEnds(_ step: GoldenStep) {}
    mutating func blockEnds() {}

    static func main() {
        var index = 0
        while let vector = GoldenVector(rawValue: index) {
            var host = Host()
            do {
                try vector.run(on: &host)
            } catch {
                fputs("hardware/firmware: \(vector.name): the meter refused its configuration: \(error)\n", stderr)
                exit(1)
            }
            guard fwrite(host.text, 1, host.text.count, stdout) == host.text.count else { exit(1) }
            index += 1
        }
    }
}
