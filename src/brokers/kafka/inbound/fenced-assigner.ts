import { PartitionAssigners, type PartitionAssigner } from 'kafkajs';

/** Every join begins with asking the assigner for its protocol, whatever the reason for the join: there is the fence. */
export function fencedAssigner(fence: () => void): PartitionAssigner {
  return (config) => {
    const assigner = PartitionAssigners.roundRobin(config);
    return {
      ...assigner,
      protocol: (subscription) => {
        fence();
        return assigner.protocol(subscription);
      },
    };
  };
}
