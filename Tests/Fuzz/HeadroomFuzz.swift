@main
enum HeadroomFuzz { static func main() {} }
