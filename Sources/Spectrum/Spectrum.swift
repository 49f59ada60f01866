import CFFTW
import MeterDSP
