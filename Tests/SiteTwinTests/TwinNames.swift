@testable import SiteTwin

// The device's side has types of the same names; a file that imports both says which it means.
typealias TwinRequest = ModbusRequest
typealias TwinException = ModbusException
