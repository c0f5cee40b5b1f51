export interface StoreSize {
  bytes: number;
  reclaimable: number;
}
