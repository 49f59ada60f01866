import Allocation
import CModbus
import Realtime
