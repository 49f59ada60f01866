import Allocation

extension ModelCase {
    /// The words of the largest float that is not above 13.3, and of 10 and 6.
    private static let (float13, float10, float6) = ("16724 52428", "16672 0", "16576 0")

    static let others = [
        plain("abb-terra-ac", 16, 0x4100).with {
            ($0.limit, $0.accepted) = (["W 16 16640 0 13300"], 13.3)
            ($0.pause, $0.resume) = (["W 16 16640 0 0"], ["W 16 16640 0 10000"])
            $0.leave = ["W 16 16640 0 6000"]
            ($0.failSafe, $0.wattHours) = (["W 6 16649 6", "W 6 16646 60"], 4321)
            $0.identity = "serial number 1122334455667788, firmware 1.8.21.0, maximum set in the app (A) 32"
        },
        // 0x00010001 ms is the same in both word orders.
        plain("weidmueller-ac-smart", 16, 11052).with {
            ($0.alive, $0.identity) = ("W 16 11050 1 1", "user current limit (A) 16")
        },
        plain("alfen-eve", 16, 1210).with {
            ($0.limit, $0.accepted) = (["W 16 1210 \(float13)"], 13.3)
            ($0.pause, $0.resume) = (["W 16 1210 0 0"], ["W 16 1210 \(float10)"])
            $0.leave = ["W 16 1210 \(float6)"]
            $0.alive = "W 16 1210 \(float10)"
            $0.identity = "safe current set by the installer (A) 6"
        },
        plain("go-e", 16, 299).with {
            $0.limit = ["W 16 299 13", "W 16 337 0"]
            $0.pause = ["W 16 337 1"]
            $0.resume = ["W 16 299 10", "W 16 337 0"]
            $0.identity = "serial number 123456, firmware 55.8, largest current set in the app (A) 32"
        },
        plain("heidelberg-energy-control", 16, 261).with {
            $0.startUp = ["W 16 258 4", "W 16 259 1"]
            ($0.limit, $0.accepted) = (["W 16 261 133"], 13.3)
            ($0.resume, $0.leave) = (["W 16 261 100"], ["W 16 261 60"])
            $0.failSafe = ["W 16 262 60", "W 16 257 60000"]
            $0.identity = "register layout 264, largest current set by switch (A) 16"
        },
        plain("amperfied-connect", 16, 261).with {
            $0.startUp = ["W 16 259 1"]
            ($0.limit, $0.accepted) = (["W 16 261 133"], 13.3)
            ($0.resume, $0.leave) = (["W 16 261 100"], ["W 16 261 60"])
            $0.failSafe = ["W 16 262 60", "W 16 257 60000"]
            $0.identity = "register layout 264, largest current set (A) 16"
        },
        plain("mennekes-amtron-xtra", 6, 1024).with {
            ($0.drawn, $0.volts, $0.wattHours) = (nil, [], 4321)
            $0.identity =
                "name AMTRON Xtra 22, serial number 1500123, rated current (A) 32, current of the installation (A) 32"
        },
        plain("mennekes-amtron-compact-2-0s", 16, 770).with {
            $0.startUp = ["W 6 1850 6"]
            ($0.limit, $0.accepted) = (["W 16 770 \(float13)", "W 6 3333 1", "W 16 770 \(float13)"], 13.3)
            $0.pause = ["W 6 3333 0"]
            $0.resume = ["W 16 770 \(float10)", "W 6 3333 1", "W 16 770 \(float10)"]
            $0.leave = ["W 16 770 \(float6)"]
            $0.alive = "W 6 3328 21930"
            $0.identity = "serial number 13506123, firmware 1.0.5, register layout 259"
        },
    ]
}
