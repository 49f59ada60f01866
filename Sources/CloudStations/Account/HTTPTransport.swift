import AsyncHTTPClient
import Realtime
import Synchronization

/// HTTPS by AsyncHTTPClient. The caller's thread sleeps on its own wake-up meanwhile, so that a stop or a lower limit
/// reaches it while a request hangs.
struct HTTPTransport: CloudTransport {
    /// Scheme and host, without a slash at the end.
    let base: String
    let wake: WakeUp

    /// Larger answers are refused: an installation of a hundred chargers is a tenth of it.
    static let largestBody = 1 << 20

    /// One for the process: its threads start with the first request. Never shut down: it ends with the process.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            // The default: certificate and host name are verified.
            tlsConfiguration: .makeClientConfiguration(),
            // A redirection could carry password or token elsewhere.
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(20)), decompression: .disabled)
        configuration.tlsConfiguration?.minimumTLSVersion = .tlsv12
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func perform(
        _ request: CloudRequest, until deadline: Int64, isWanted: () -> Bool
    ) throws(CloudError) -> CloudAnswer {
        guard deadline > MonotonicClock.nanoseconds() else { throw Self.timeout(request) }
        let prepared: HTTPClient.Request
        do {
            prepared = try self.prepared(request)
        } catch {
            throw CloudError(.connection, "the address \(base)\(request.path) cannot be used", "correct it")
        }
        let box = Box()
        let wake = wake
        let task = Self.client.execute(
            request: prepared, delegate: ResponseAccumulator(request: prepared, maxBodySize: Self.largestBody))
        task.futureResult.whenComplete { result in
            box.state.withLock { $0 = result }
            wake.signal()
        }
        while true {
            if let result = box.state.withLock({ $0 }) { return try Self.answer(result, request) }
            let now = MonotonicClock.nanoseconds()
            let isWanted = isWanted()
            if now >= deadline || !isWanted {
                task.fail(reason: HTTPClientError.cancelled)
                if isWanted { throw Self.timeout(request) }
                throw CloudError(.interrupted, "\(request.path) was given up", "nothing needs to be done")
            }
            wake.wait(until: min(deadline, now + 500_000_000))
        }
    }

    private func prepared(_ request: CloudRequest) throws -> HTTPClient.Request {
        var prepared = try HTTPClient.Request(
            url: base + request.path, method: request.method == .get ? .GET : .POST, headers: [:],
            body: request.method == .get ? nil : .bytes(request.body))
        prepared.headers.add(name: "Accept", value: "application/json")
        prepared.headers.add(name: "User-Agent", value: "headroom")
        if let type = request.contentType { prepared.headers.add(name: "Content-Type", value: type) }
        if let token = request.token { prepared.headers.add(name: "Authorization", value: "Bearer \(token.revealed)") }
        return prepared
    }

    private static func answer(
        _ result: Result<HTTPClient.Response, any Error>, _ request: CloudRequest
    ) throws(CloudError) -> CloudAnswer {
        switch result {
        case .success(let response):
            let body = response.body.map { Array($0.readableBytesView) } ?? []
            return CloudAnswer(
                status: Int(response.status.code), body: body,
                retryAfterSeconds: response.headers.first(name: "Retry-After").flatMap(Double.init))
        case .failure(let error):
            throw failure(error, request)
        }
    }

    /// The library's errors in words for people; what it says itself is not shown, because it might quote the request.
    private static func failure(_ error: any Error, _ request: CloudRequest) -> CloudError {
        let internet = "check the device's internet connection, its name server and the maker's status page"
        switch error {
        case is ResponseAccumulator.ResponseTooBigError:
            return .notUnderstood("larger than \(largestBody) bytes")
        case let error as HTTPClientError
        where [.deadlineExceeded, .readTimeout, .connectTimeout, .getConnectionFromPoolTimeout].contains(error):
            return timeout(request)
        default:
            let type = String(reflecting: type(of: error))
            if type.hasPrefix("NIOSSL.") {
                return CloudError(
                    .connection, "the cloud's certificate was not accepted",
                    "check the device's date, and that the package ca-certificates is installed")
            }
            if type == "NIOHTTP1.HTTPParserError" { return .notUnderstood("no HTTP") }
            if type == "NIOPosix.NIOConnectionError" || type == "NIOCore.IOError" {
                return CloudError(.connection, "no connection to the cloud", internet)
            }
            return CloudError(.connection, "the connection to the cloud broke off at \(request.path)", internet)
        }
    }

    private static func timeout(_ request: CloudRequest) -> CloudError {
        CloudError(
            .timeout, "the cloud did not answer \(request.path) in time",
            "it is asked again; if that lasts, check the device's internet connection and the maker's status page")
    }

    private final class Box: Sendable {
        let state = Mutex<Result<HTTPClient.Response, any Error>?>(nil)
    }
}
