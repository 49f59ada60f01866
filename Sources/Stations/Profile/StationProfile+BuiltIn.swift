import StrictYAML

extension StationProfile {
    /// The files of the folder Profiles: a test compares this list with the folder.
    static let builtInFiles: [(name: String, bytes: [UInt8])] = [
        ("abb-terra-ac.yaml", PackageResources.abb_terra_ac_yaml),
        ("alfen-eve.yaml", PackageResources.alfen_eve_yaml),
        ("amperfied-connect.yaml", PackageResources.amperfied_connect_yaml),
        ("bender-cc612.yaml", PackageResources.bender_cc612_yaml),
        ("generic-modbus.yaml", PackageResources.generic_modbus_yaml),
        ("go-e.yaml", PackageResources.go_e_yaml),
        ("heidelberg-energy-control.yaml", PackageResources.heidelberg_energy_control_yaml),
        ("keba-p30.yaml", PackageResources.keba_p30_yaml),
        ("keba-p40.yaml", PackageResources.keba_p40_yaml),
        ("mennekes-amtron-compact-2-0s.yaml", PackageResources.mennekes_amtron_compact_2_0s_yaml),
        ("mennekes-amtron-professional-plus.yaml", PackageResources.mennekes_amtron_professional_plus_yaml),
        ("mennekes-amtron-xtra.yaml", PackageResources.mennekes_amtron_xtra_yaml),
        ("phoenix-charx.yaml", PackageResources.phoenix_charx_yaml),
        ("phoenix-em-cp-pp-eth.yaml", PackageResources.phoenix_em_cp_pp_eth_yaml),
        ("phoenix-ev-cc-ac1.yaml", PackageResources.phoenix_ev_cc_ac1_yaml),
        ("wallbe.yaml", PackageResources.wallbe_yaml),
        ("webasto-live-bender.yaml", PackageResources.webasto_live_bender_yaml),
        ("webasto-live.yaml", PackageResources.webasto_live_yaml),
        ("webasto-next.yaml", PackageResources.webasto_next_yaml),
        ("webasto-unite.yaml", PackageResources.webasto_unite_yaml),
        ("weidmueller-ac-smart.yaml", PackageResources.weidmueller_ac_smart_yaml),
        ("weidmueller-ac-wallbox-business.yaml", PackageResources.weidmueller_ac_wallbox_business_yaml),
    ]

    /// The JSON Schema (draft 2020-12) of a profile, for editors that check while one types.
    public static var jsonSchema: String {
        String(decoding: PackageResources.station_profile_schema_json, as: UTF8.self)
    }

    /// The profiles that the program carries, by name.
    public static let builtIn: [StationProfile] = builtInFiles.map { file in
        do throws(YAMLError) {
            return try parse(yaml: String(decoding: file.bytes, as: UTF8.self), file: file.name)
        } catch {
            // These bytes are part of the program: a test reads each of them, so no build that passed ends here.
            fatalError("built-in station profile: \(error)")
        }
    }

    /// The built-in profile with this identifier; nil: there is none.
    public static func builtIn(named identifier: String) -> StationProfile? {
        builtIn.first { $0.identifier == identifier }
    }
}
