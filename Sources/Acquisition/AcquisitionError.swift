import CIIO
import MeterDSP
