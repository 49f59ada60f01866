import MeterDSP
